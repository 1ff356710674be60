import Backbone
import FeatureCache
import Foundation
import Heads
import Report

extension Evaluation {
  /// The classes of one row with the highest scores, best first.
  func topScores(_ row: Int, count: Int) -> [(index: Int, score: Double)] {
    let table = probabilities ?? decision
    let width = table.shape[1]
    var scores = (0..<width).map { Double(table.values[row * width + $0]) }
    if width == 1 { scores = [-scores[0], scores[0]] }  // one margin, of the second of two classes
    return scores.enumerated().sorted { $0.element > $1.element }.prefix(count).map {
      ($0.offset, $0.element)
    }
  }
}

extension ExamplePrediction {
  /// Some test pictures with what a head made of them: the wrong ones first, then others evenly spread.
  static func some(
    _ outcome: HeadComparison.Outcome, _ data: ColumnData, _ split: DataSplit, count: Int = 24
  ) throws -> [ExamplePrediction] {
    let labels = data.labels
    let predictions = outcome.evaluation.predictions
    let wrong = split.test.indices.filter { predictions[$0] != labels[split.test[$0]] }
    let right = split.test.indices.filter { predictions[$0] == labels[split.test[$0]] }
    let chosen = spread(wrong, count / 3) + spread(right, count - min(wrong.count, count / 3))
    let samples = try data.store.samples
    return chosen.compactMap { row in
      let sample = samples[data.samples[split.test[row]]]
      guard let picture = thumbnail(sample.path) else { return nil }
      let scores = outcome.evaluation.topScores(row, count: 3)
      return ExamplePrediction(
        key: sample.key, picture: picture, trueClass: labels[split.test[row]],
        predictedClass: predictions[row],
        scores: scores.map { Score(classIndex: $0.index, value: $0.score) },
        scoreKind: outcome.evaluation.probabilities == nil ? .margin : .probability)
    }
  }

  /// At most `count` of the elements, evenly spread.
  private static func spread(_ elements: [Int], _ count: Int) -> [Int] {
    guard elements.count > count, count > 0 else { return Array(elements.prefix(max(count, 0))) }
    return (0..<count).map { elements[$0 * elements.count / count] }
  }

  /// A small JPEG of a picture; `nil` where it cannot be read any more.
  private static func thumbnail(_ path: String) -> [UInt8]? {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
      let picture = try? Picture.decode(Array(data)), let small = try? picture.fitting(240)
    else { return nil }
    return try? small.encoded(as: .jpeg(quality: 85))
  }
}

extension Picture {
  /// The picture, made smaller where its longer side is above `side`.
  func fitting(_ side: Int) throws -> Picture {
    let longer = max(width, height)
    guard longer > side else { return self }
    return try resized(
      to: PictureSize(width: max(1, width * side / longer), height: max(1, height * side / longer)))
  }
}
