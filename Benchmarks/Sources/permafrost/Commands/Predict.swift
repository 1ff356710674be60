import ArgumentParser
import Backbone
import FeatureCache
import Foundation
import Heads
import Report

struct Predict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Classify pictures with a saved head: key, class, probability, tab-separated.",
    discussion: """
      The network, weights and preprocessing must be those the head was fitted with. A linear SVM has no
      probabilities; its margin stands in their place.

      Example:
        permafrost predict --head head.safetensors --network mobilenet_v2 \\
          --weights mobilenet_v2.safetensors --images new-photos --contact-sheet sheet.png
      """)

  @Option(help: "The head's file.")
  var head: String

  @OptionGroup var network: NetworkOptions
  @OptionGroup var images: ImageOptions
  @OptionGroup var compute: ComputeOptions

  @Option(help: "Write the predictions as JSON to this file; - is standard output.")
  var json: String?

  @Option(help: "Draw the pictures with their predictions to this PNG file.")
  var contactSheet: String?

  @Flag(help: "No progress.")
  var quiet = false

  struct Prediction: Encodable {
    let key: String
    let `class`: String?
    let probability: Double?
    let margin: Double?
    let error: String?
  }

  func run() async throws {
    let head = try Head(path: self.head)
    guard let layer = head.provenance["layer"] else {
      throw CommandError.failed("\(self.head) does not say which layer it takes")
    }
    let extractor = try Extractor(
      network.load(), taps: [Tap(parsing: layer)], batchSize: compute.batch, threads: compute.threads)
    let dataSet = try images.load()
    let expected = try extractor.identity().headProvenance(layer: layer, head: head.provenance["head"] ?? "")
    for (name, value) in expected.sorted(by: { $0.key < $1.key }) where head.provenance[name] != value {
      throw CommandError.failed(
        "\(self.head) was fitted with \(name) \(head.provenance[name] ?? "unknown"), not \(value)")
    }
    let progress = ProgressLine("pictures", quiet: quiet)
    var predictions: [Prediction] = []
    for start in stride(from: 0, to: dataSet.samples.count, by: compute.batch) {
      let samples = Array(dataSet.samples[start..<min(start + compute.batch, dataSet.samples.count)])
      predictions += try await predict(samples, extractor, head)
      progress.update(predictions.count, of: dataSet.samples.count)
    }
    if json != "-" { predictions.forEach(show) }
    if let json { try writeJSON(predictions, to: json) }
    if let contactSheet { try drawSheet(dataSet.samples, predictions, to: contactSheet) }
  }

  private func predict(
    _ samples: [Sample], _ extractor: Extractor, _ head: Head
  ) async throws -> [Prediction] {
    let files = samples.map { FileManager.default.contents(atPath: $0.path) }
    let pictures = zip(samples, files).compactMap { sample, file in
      file.map { EncodedPicture(key: sample.key, bytes: Array($0)) }
    }
    var results = try await extractor.extract(pictures).makeIterator()
    return try zip(samples, files).map { sample, file in
      guard file != nil, let result = results.next() else {
        return Prediction(sample.key, failure: "cannot read \(sample.path)")
      }
      switch result {
      case .failure(let failure): return Prediction(sample.key, failure: failure.reason)
      case .success(let rows):
        let features = try FeatureMatrix(rows[0], dimension: rows[0].count)
        return try Prediction(sample.key, head, features)
      }
    }
  }

  private func show(_ prediction: Prediction) {
    if let error = prediction.error {
      writeError("\(prediction.key): \(error)")
    } else if let name = prediction.class {
      let score = prediction.probability ?? prediction.margin ?? .nan
      print("\(prediction.key)\t\(name)\t\(formatted(score, decimals: 4))")
    }
  }

  private func drawSheet(_ samples: [Sample], _ predictions: [Prediction], to path: String) throws {
    var tiles: [ContactSheet.Tile] = []
    for (sample, prediction) in zip(samples, predictions) {
      guard let data = FileManager.default.contents(atPath: sample.path), let name = prediction.class,
        let picture = try? Picture.decode(Array(data)).fitting(192)
      else { continue }
      let score = formatted(prediction.probability ?? prediction.margin ?? .nan, decimals: 3)
      tiles.append(
        .init(
          picture: try RasterPicture(width: picture.width, height: picture.height, rgb: picture.rgb),
          caption: ["\(name) \(score)", sample.key]))
    }
    let sheet = try ContactSheet().render(tiles)
    let png = try Picture(width: sheet.width, height: sheet.height, rgb: sheet.rgb).encoded(as: .png)
    try writeFile(Data(png), to: path)
  }
}

extension Predict.Prediction {
  init(_ key: String, failure: String) {
    self.init(key: key, class: nil, probability: nil, margin: nil, error: failure)
  }

  init(_ key: String, _ head: Head, _ features: FeatureMatrix) throws {
    let index = try head.predict(features)[0]
    let probability = try head.probabilities(features).map { Double($0.values[index]) }
    let decision = try head.decision(features).values
    let margin = decision.count == 1 ? abs(decision[0]) : decision[index]
    self.init(
      key: key, class: head.classes[index], probability: probability,
      margin: probability == nil ? Double(margin) : nil, error: nil)
  }
}
