/// What one comparison of heads found, as plain values: everything the page, the figures and the terminal
/// table show, and nothing about how they show it.
///
/// Nothing here is checked when it is made. Empty lists, numbers that are not finite, indices out of range
/// and hostile names are shown as well as they can be; they never stop a report.
public struct ComparisonReport: Sendable {
  /// The name of the comparison, for the page's title and the line above the headline.
  public var title: String
  /// A sentence or two for the reader who knows nothing of it yet, shown under the headline.
  public var lead: String
  /// The pictures: classes and the rows of each split.
  public var data: DataSetFacts
  /// What the heads of `heads` stand on, such as "trained network"; named where `controls` stand beside them.
  public var groupName: String
  /// The compared heads, in any order.
  public var heads: [HeadResult]
  /// Tests between two of `heads`.
  public var pairs: [HeadPair]
  /// Two heads whose accuracies surely differ by less than this are called equal.
  public var equivalenceMargin = 0.01
  /// The layers in the order in which the networks compute them.
  public var layers: [LayerFacts] = []
  /// How good the heads become with how many training pictures.
  public var learning: [LearningSeries] = []
  /// Heads on features that should be worse, such as those of random weights, to show what the network gives.
  public var controls: [HeadGroup]
  /// Pictures with their predictions, in the order to show them in.
  public var examples: [ExamplePrediction]
  /// Where the numbers come from: network, digest of the weights, preprocessing, cache, versions, times.
  public var provenance: [Fact]
  /// What a reader must know before trusting a number, a sentence each.
  public var notes: [String]

  public init(
    title: String, lead: String = "", data: DataSetFacts = DataSetFacts(), groupName: String = "",
    heads: [HeadResult] = [], pairs: [HeadPair] = [], controls: [HeadGroup] = [],
    examples: [ExamplePrediction] = [], provenance: [Fact] = [], notes: [String] = []
  ) {
    self.title = title
    self.lead = lead
    self.data = data
    self.groupName = groupName
    self.heads = heads
    self.pairs = pairs
    self.controls = controls
    self.examples = examples
    self.provenance = provenance
    self.notes = notes
  }
}
