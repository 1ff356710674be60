#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Classifies rows by their nearest training rows. It keeps a view of those, which may be mapped files; see
/// `NearestNeighbors`.
public struct NeighborClassifier: Classifier {
  public let configuration: NearestNeighbors
  /// The rows that vote.
  public let training: LabeledFeatures
  public var classes: [String] { training.classes }
  public var dimension: Int { training.features.dimension }

  /// s_i
  private let votes: [Double]
  private let squaredNorms: [Double]
  private let scaling: FittedScaling
  private let options: FitOptions

  init(
    configuration: NearestNeighbors, training: LabeledFeatures, votes: [Double], squaredNorms: [Double],
    scaling: FittedScaling, options: FitOptions
  ) {
    self.configuration = configuration
    self.training = training
    self.votes = votes
    self.squaredNorms = squaredNorms
    self.scaling = scaling
    self.options = options
  }

  /// The k nearest training rows of each row, nearest first, and how far they are: the Euclidean distance, or
  /// 1 - cosine; for the scaled rows.
  public struct Neighbors: Hashable, Sendable {
    public var rows: [Int]
    public var distances: [Double]
  }

  /// - Throws: `.invalidFeatures` where the dimension is another one or a feature is not finite, `.io`,
  ///   `.resources`, `.cancelled`
  public func neighbors(_ features: FeatureMatrix) async throws(HeadsError) -> [Neighbors] {
    try await search(features, neighbors: configuration.neighbors).found.map { found in
      Neighbors(
        rows: found.rows,
        distances: configuration.metric == .euclidean
          ? found.distances.map { $0.squareRoot() } : found.distances)
    }
  }

  public func probabilities(_ features: FeatureMatrix) async throws(HeadsError) -> Tensor? {
    let found = try await search(features, neighbors: configuration.neighbors).found
    return try tensor(found.map { shares($0, neighbors: configuration.neighbors) })
  }

  public func predict(_ features: FeatureMatrix) async throws(HeadsError) -> [Int] {
    try await search(features, neighbors: configuration.neighbors).found.map {
      Self.winner(shares($0, neighbors: configuration.neighbors))
    }
  }

  /// - Throws: `.invalidLabels` where there are no rows or other classes; else as `neighbors(_:)`.
  public func evaluate(_ data: LabeledFeatures) async throws(HeadsError) -> Evaluation {
    try await evaluate(data, neighbors: [configuration.neighbors])[0]
  }

  /// One evaluation for each k, from one search.
  ///
  /// - Throws: `.invalidArgument` where a k is below 1 or above the number of training rows; else as
  ///   `evaluate(_:)`.
  public func evaluate(
    _ data: LabeledFeatures, neighbors: [Int]
  ) async throws(HeadsError) -> [Evaluation] {
    try await evaluations(data, neighbors: neighbors).evaluations
  }

  /// The same with the most bytes that the search's arrays took up at one time.
  func evaluations(
    _ data: LabeledFeatures, neighbors: [Int]
  ) async throws(HeadsError) -> (evaluations: [Evaluation], peakBytes: Int) {
    guard data.classes == classes else {
      throw HeadsError(
        .invalidLabels, "the rows have classes \(data.classes), the training rows have \(classes)")
    }
    guard data.count > 0 else { throw HeadsError(.invalidLabels, "there are no rows to evaluate on") }
    for count in neighbors { try configuration.check(count, of: training.count) }
    let (found, peakBytes) = try await search(data.features, neighbors: neighbors.max() ?? 1)
    let evaluations = try neighbors.map { count throws(HeadsError) in
      let shares = found.map { self.shares($0, neighbors: count) }
      let probabilities = try tensor(shares)
      return Evaluation(
        predictions: shares.map(Self.winner), labels: data.labels, classCount: classes.count,
        decision: probabilities, probabilities: probabilities)
    }
    return (evaluations, peakBytes)
  }

  private func search(
    _ features: FeatureMatrix, neighbors: Int
  ) async throws(HeadsError) -> (found: [NeighborSearch.Found], peakBytes: Int) {
    guard features.dimension == dimension else {
      throw HeadsError(
        .invalidFeatures,
        "features have dimension \(features.dimension), the training rows have \(dimension)")
    }
    return try await FitContext.run(options) { context throws(HeadsError) in
      let search = NeighborSearch(
        reference: try TrainingRows(training.features, scaling: scaling, context),
        squaredNorms: squaredNorms, metric: configuration.metric, neighbors: neighbors)
      let queries = try TrainingRows(features, scaling: scaling, context)
      context.memory.reserve(search.bytes(queries))
      var found: [NeighborSearch.Found] = []
      found.reserveCapacity(queries.count)
      let step = NeighborSearch.blockRows(dimension)
      for start in stride(from: 0, to: queries.count, by: step) {
        found += try search.search(queries, start..<min(start + step, queries.count), context)
      }
      return (found, context.memory.peak)
    }
  }

  /// Each class's share of the votes of the nearest `neighbors`.
  private func shares(_ found: NeighborSearch.Found, neighbors: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: classes.count)
    let near = found.distances.prefix(neighbors)
    for (row, distance) in zip(found.rows, near) {
      sums[training.labels[row]] += votes[row] * vote(distance, nearest: near[0])
    }
    let total = sums.reduce(0, +)
    // Rows without weight may be the only neighbours.
    return total > 0 ? sums.map { $0 / total } : sums.map { _ in 1 / Double(sums.count) }
  }

  private func vote(_ distance: Double, nearest: Double) -> Double {
    switch configuration.voting {
    case .uniform: 1
    case .distance:
      if nearest > 0 {
        configuration.metric == .euclidean ? (nearest / distance).squareRoot() : nearest / distance
      } else {
        distance > 0 ? 0 : 1
      }
    // Relative to the nearest, which no temperature makes underflow.
    case .similarity(let temperature): exp((nearest - distance) / temperature)
    }
  }

  private static func winner(_ shares: [Double]) -> Int {
    shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
  }

  private func tensor(_ shares: [[Double]]) throws(HeadsError) -> Tensor {
    do throws(TensorsError) {
      return try Tensor(
        shape: [shares.count, classes.count], values: shares.flatMap { $0.map { Float($0) } })
    } catch { throw HeadsError(error) }
  }
}
