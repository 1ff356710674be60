// swift-tools-version: 6.2
//===----------------------------------------------------------------------===//
//
// The `permafrost` command line, its report, its demo and the side-by-side benchmarks. A consumer of the
// library's public API; nothing of it reaches a package that depends on Permafrost.
//
//===----------------------------------------------------------------------===//

import PackageDescription

let backbone: Target.Dependency = .product(name: "Backbone", package: "Permafrost")
let featureCache: Target.Dependency = .product(name: "FeatureCache", package: "Permafrost")
let heads: Target.Dependency = .product(name: "Heads", package: "Permafrost")

let package = Package(
  name: "PermafrostBenchmarks",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "permafrost", targets: ["permafrost"])],
  dependencies: [
    .package(name: "Permafrost", path: "../"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "permafrost",
      dependencies: [
        "CDrawing", "CMachineProbe", "Report", "ShipPictures", backbone, featureCache, heads,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [
        .copy("Resources/demonet.safetensors"), .copy("Resources/peer_cache.py"),
        .copy("Resources/peer_heads.py"), .copy("Resources/peer_network.py"),
      ]),
    .target(name: "CDrawing", dependencies: ["CVipsDrawing"], cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CMachineProbe", cSettings: [.treatAllWarnings(as: .error)]),
    .systemLibrary(
      name: "CVipsDrawing", pkgConfig: "vips", providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
    .target(name: "Report"),
    .target(name: "ShipPictures"),
    .testTarget(name: "CommandTests", dependencies: ["permafrost", backbone]),
    .testTarget(name: "ReportTests", dependencies: ["Report"]),
  ]
)

for target in package.targets
where !["CDrawing", "CMachineProbe", "CVipsDrawing"].contains(target.name) {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
}
