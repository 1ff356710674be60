import FeatureCache
import Heads
import Report

/// Everything that one comparison found.
struct ComparisonResults {
  let data: ColumnData
  let split: DataSplit
  let outcomes: [HeadComparison.Outcome]
  /// Accuracies that differ by less count as equal.
  let margin: Double
  let pairs: [ComparedPair]
  var learning: LearningCurves?

  init(
    _ data: ColumnData, _ split: DataSplit, _ outcomes: [HeadComparison.Outcome], margin: Double = 0.01
  ) {
    (self.data, self.split, self.outcomes, self.margin) = (data, split, outcomes, margin)
    pairs = ComparedPair.all(outcomes, margin: margin)
  }

  /// As a report, with example pictures where those can still be read.
  func report(title: String) throws -> ComparisonReport {
    let best = outcomes.max { $0.evaluation.accuracy < $1.evaluation.accuracy }
    var report = ComparisonReport(
      title: title,
      data: DataSetFacts(data, split, name: data.stores.map(\.root).joined(separator: ", ")),
      groupName: data.stores.map(\.identity.extractor.network).joined(separator: ", "),
      heads: try outcomes.map { try HeadResult($0) }, pairs: pairs.map { HeadPair($0) },
      examples: try best.map { try ExamplePrediction.some($0, data, split) } ?? [],
      provenance: data.stores.flatMap { $0.identity.facts(cache: $0.id) })
    report.equivalenceMargin = margin
    report.learning = learning?.series ?? []
    report.layers = data.columns.map {
      LayerFacts(network: $0.source, layer: $0.name, dimension: $0.data.features.dimension)
    }
    return report
  }
}

extension CacheIdentity {
  /// What the page says about where features come from.
  func facts(cache: String) -> [Fact] {
    [
      Fact("network", extractor.network), Fact("weights", extractor.weights),
      Fact("stored as", storage.rawValue), Fact("cache", cache),
    ] + extractor.preprocessing.sorted { $0.key < $1.key }.map { Fact($0.key.separatedWords, $0.value) }
  }
}
