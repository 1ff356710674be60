import Backbone
import FeatureCache
import Foundation
import Heads
import Testing

/// The three parts together: pictures on disk, a network, a cache, a head.
@Suite struct PipelineTests {
  /// A small network with a residual block; its pictures have 32 x 32 pixels.
  private static func network() throws -> Network {
    let architecture = Architecture("small", inputSize: 32) { g in
      var x = g.input()
      x = g.relu(g.batchNorm("bn1", g.convolution("conv1", x, to: 8, kernel: 3, stride: 2, padding: 1)))
      x = g.scope("layer1") { g in ResNet.residual(&g, x, block: .basic, planes: 12, stride: 2) }
      _ = g.flatten(g.adaptiveAveragePool("avgpool", x))
    }
    let preprocessing = try Preprocessing(
      resizing: .shorterSide(36), crop: PictureSize(width: 32, height: 32), mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.25, 0.25, 0.25])
    return try Network(architecture, weights: .seed(1), preprocessing: preprocessing)
  }

  /// Two classes of pictures that a head can tell apart: stripes one way and the other.
  private static func drawPictures(in folder: String, each: Int = 12) throws {
    for (name, upright) in [("level", false), ("upright", true)] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      for number in 0..<each {
        let (width, height) = (40 + number, 37 + 2 * number)
        let rgb = (0..<width * height).flatMap { pixel -> [UInt8] in
          let position = upright ? pixel % width : pixel / width
          let bright = (position + number) / 4 % 2 == 0
          return bright ? [220, UInt8(150 + 5 * number), 90] : [30, 40, UInt8(10 * number)]
        }
        let picture = try Picture(width: width, height: height, rgb: rgb)
        let isPNG = number % 2 == 0
        let data = Data(try picture.encoded(as: isPNG ? .png : .jpeg(quality: 90)))
        let file = "\(folder)/\(name)/\(number).\(isPNG ? "png" : "jpg")"
        try data.write(to: URL(fileURLWithPath: file))
      }
    }
  }

  private static func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/permafrost-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do { try await body(folder) } catch {
      try FileManager.default.removeItem(atPath: folder)
      throw error
    }
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func picturesToAHeadThatTellsThemApart() async throws {
    try await Self.withFolder { folder in
      try Self.drawPictures(in: folder + "/pictures")
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder + "/pictures/level/broken.jpg"))
      let extractor = try Extractor(Self.network(), taps: ["avgpool", "input"], batchSize: 5, threads: 2)
      let dataSet = try DataSet.folder(folder + "/pictures")
      let report = try await FeatureStore.precompute(dataSet, with: extractor, into: folder + "/cache")
      #expect(report.rows == 24)
      #expect(report.failures.map(\.key) == ["level/broken.jpg"])
      let store = try FeatureStore(folder + "/cache")
      let rows = try store.rows(of: "avgpool")
      let samples = try store.samples
      let labels = rows.samples.compactMap { samples.label($0) }
      let data = try LabeledFeatures(rows.matrix, labels: labels, classes: samples.classes)
      let split = try DataSplit(stratified: labels, SplitRule("0.5/0.5"), seed: 1)
      let fit = try await LogisticRegression().fit(data.selecting(split.training))
      #expect(try fit.head.evaluate(data.selecting(split.test)).accuracy == 1)
    }
  }

  @Test func batchThreadsAndOtherLayersChangeNoStoredBit() async throws {
    try await Self.withFolder { folder in
      try Self.drawPictures(in: folder + "/pictures")
      let dataSet = try DataSet.folder(folder + "/pictures")
      var first: [UInt32]?
      for (number, batch, threads, taps) in [
        (0, 1, 1, ["avgpool"]), (1, 3, 2, ["avgpool", "conv1"]), (2, 17, 3, ["layer1.bn1", "avgpool"]),
      ] as [(Int, Int, Int, [Tap])] {
        let root = "\(folder)/cache\(number)"
        let extractor = try Extractor(Self.network(), taps: taps, batchSize: batch, threads: threads)
        try await FeatureStore.precompute(dataSet, with: extractor, into: root, batch: batch)
        let matrix = try FeatureStore(root).matrix("avgpool")
        let bits = try matrix.rows(0..<matrix.rowCount).map(\.bitPattern)
        #expect(first == nil || first == bits)
        first = first ?? bits
      }
    }
  }

  @Test func aReplacingHookWithoutAVersionCannotBeCached() async throws {
    try await Self.withFolder { folder in
      try Self.drawPictures(in: folder + "/pictures", each: 2)
      let dataSet = try DataSet.folder(folder + "/pictures")
      var hooks = HookSet()
      hooks.add(replacingOutputOf: "layer1", version: nil) { try #require($0.output).map { $0 * 2 } }
      let nameless = try Extractor(Self.network(), taps: ["avgpool"], hooks: hooks, threads: 1)
      let error = await #expect(throws: FeatureCacheError.self) {
        try await FeatureStore.precompute(dataSet, with: nameless, into: folder + "/cache")
      }
      #expect(error?.message.contains("no version string") == true)
      // With one, its features are kept apart from those without the hook.
      let plain = try Extractor(Self.network(), taps: ["avgpool"], threads: 1)
      try await FeatureStore.precompute(dataSet, with: plain, into: folder + "/cache")
      var versioned = HookSet()
      versioned.add(replacingOutputOf: "layer1", version: "doubled") {
        try #require($0.output).map { $0 * 2 }
      }
      let named = try Extractor(Self.network(), taps: ["avgpool"], hooks: versioned, threads: 1)
      let mismatch = await #expect(throws: FeatureCacheError.self) {
        try await FeatureStore.precompute(dataSet, with: named, into: folder + "/cache")
      }
      #expect(mismatch?.code == .identityMismatch)
      #expect(mismatch?.message.contains("doubled") == true)
    }
  }

  @Test func aCancelledRunSaysSo() async throws {
    try await Self.withFolder { folder in
      try Self.drawPictures(in: folder + "/pictures")
      let dataSet = try DataSet.folder(folder + "/pictures")
      let network = try Self.network()
      let task = Task {
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
        let extractor = try Extractor(network, taps: ["avgpool"], threads: 1)
        return try await FeatureStore.precompute(dataSet, with: extractor, into: folder + "/cache")
      }
      let error = await #expect(throws: FeatureCacheError.self) { try await task.value }
      #expect(error?.code == .cancelled)
    }
  }
}
