// swift-tools-version: 6.2
//===----------------------------------------------------------------------===//
//
// Permafrost: frozen networks, cached features, small heads.
//
//===----------------------------------------------------------------------===//

import PackageDescription

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "Permafrost",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Backbone", targets: ["Backbone"]),
    .library(name: "FeatureCache", targets: ["FeatureCache"]),
    .library(name: "Heads", targets: ["Heads"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2")
  ],
  targets: [
    // MARK: Public parts. No edge among the three.

    .target(name: "Backbone", dependencies: ["Tensors", "CPermafrostKernels", "CPermafrostImages", crypto]),
    .target(name: "FeatureCache", dependencies: ["Tensors", "CPermafrostKernels", crypto]),
    .target(name: "Heads", dependencies: ["Tensors"]),

    // MARK: What they share

    .target(name: "Tensors", dependencies: ["CPermafrostKernels", "COpenBLAS"]),
    .target(name: "CPermafrostKernels"),
    .target(name: "CPermafrostImages", dependencies: ["CJPEG", "CVips"]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CVips", pkgConfig: "vips",
      providers: [.apt(["libvips-dev"]), .brew(["vips"])]),

    // MARK: Tests

    .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport"),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CPermafrostKernels", "TestSupport"]),
    .testTarget(
      name: "BackboneTests",
      dependencies: ["Backbone", "CPermafrostKernels", "CPermafrostImages", "TestSupport"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "FeatureCacheTests", dependencies: ["FeatureCache", "CPermafrostKernels", "TestSupport"],
      exclude: ["read_cache.py", "read_cache_safetensors.py"]),
    .testTarget(name: "HeadsTests", dependencies: ["Heads", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "PipelineTests", dependencies: ["Backbone", "FeatureCache", "Heads", "TestSupport"]),
    .testTarget(
      name: "ExampleTests", dependencies: ["Backbone", "FeatureCache", "Heads"], path: "Docs/Examples"),
  ],
  cLanguageStandard: .c11
)

// One place for the settings that every Swift target shares.
for target in package.targets where target.type != .system {
  if target.name.hasPrefix("C") {
    target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
  } else {
    target.swiftSettings =
      (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
      ]
  }
}
