import Heads
import Tensors
import Testing

/// `FitCertificate.peakBytes` against the sizes of the arrays that a fit cannot do without.
@Suite struct FitMemoryTests {
  /// Rows that differ, in classes that overlap.
  private func data(rows: Int, dimension: Int, classes: Int) throws -> LabeledFeatures {
    var random = SplitMix64(state: 11)
    let labels = (0..<rows).map { $0 % classes }
    let features = try FeatureMatrix(
      labels.flatMap { label in
        (0..<dimension).map { Float(random.uniform()) + ($0 % classes == label ? 0.3 : 0) }
      }, dimension: dimension)
    return try LabeledFeatures(features, labels: labels, classes: (0..<classes).map { "class \($0)" })
  }

  /// A head with the bytes that it needs beside the scaled rows, for n rows of d numbers and K classes.
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var configuration: any HeadConfiguration
    var needs: @Sendable (_ n: Int, _ d: Int, _ k: Int) -> Int
  }

  static let cases = [
    // Variables and certified scores, three numbers a row, weights in both precisions; the rows within the margin,
    // of which Newton steps make a matrix, are not known before.
    Case(description: "squared hinge", configuration: LinearSVM()) { n, d, k in
      8 * (2 * n * k + 3 * n + k * d) + 4 * k * d
    },
    Case(description: "hinge", configuration: LinearSVM(loss: .hinge)) { n, d, k in
      8 * (2 * n * k + 3 * n + k * d) + 4 * k * d
    },
    Case(description: "Crammer-Singer", configuration: LinearSVM(multiclass: .crammerSinger)) { n, d, k in
      8 * (n * k + k * d + 3 * n)
    },
    // The system with the block of rows that it is summed from or with its shifted copy.
    Case(description: "ridge", configuration: RidgeClassifier()) { n, d, k in
      let order = min(n, d)
      return 8 * (order * order + max(min(n, 512) * d, order * order) + k * (n + d))
    },
    Case(description: "LDA", configuration: LinearDiscriminantAnalysis()) { n, d, k in
      let order = min(n, d)
      return 8 * (order * order + min(n, 512) * d + 4 * k * d)
    },
    Case(description: "class means", configuration: NearestClassMean()) { n, d, k in
      8 * (min(n, 512) * d + 2 * k * d)
    },
  ]

  @Test(arguments: cases, [(400, 300, 5), (120, 700, 3), (1500, 64, 2)])
  func theCertificateCountsWhatTheFitNeeds(_ fit: Case, _ size: (n: Int, d: Int, k: Int)) async throws {
    let data = try data(rows: size.n, dimension: size.d, classes: size.k)
    let bytes = try await fit.configuration.fit(data, options: FitOptions(threads: 1)).certificate.peakBytes
    let outputs = size.k == 2 && !(fit.description == "Crammer-Singer") ? 1 : size.k
    let least = 4 * size.n * size.d + fit.needs(size.n, size.d, outputs)
    #expect(bytes >= least, "\(bytes) of \(least)")
    #expect(Double(bytes) <= 1.4 * Double(least), "\(bytes) for \(least)")
  }

  @Test(arguments: ["ridge", "LDA", "class means"])
  func rowsThatAreReadAnewDoNotCount(_ name: String) async throws {
    let fit = try #require(Self.cases.first { $0.description == name })
    let data = try data(rows: 4000, dimension: 50, classes: 3)
    func bytes(budget: Int) async throws -> Int {
      try await fit.configuration.fit(data, options: FitOptions(threads: 1, rowMemoryBudget: budget))
        .certificate.peakBytes
    }
    let (kept, streamed) = (try await bytes(budget: 1 << 30), try await bytes(budget: 0))
    #expect(kept - streamed > 4 * 50 * (4000 - 600) && streamed > 0, "\(kept) \(streamed)")
  }

  @Test func aSearchTellsItsLargestFit() async throws {
    let data = try data(rows: 600, dimension: 40, classes: 3)
    let selection = try await RegularizationSearch(candidates: [0.01, 0.1]).select(
      LogisticRegression(), training: data)
    #expect(selection.peakBytes >= selection.result.certificate.peakBytes)
    #expect(selection.result.certificate.peakBytes > 0)
    let neighbors = try await NeighborCountSearch(candidates: [1, 5]).select(
      NearestNeighbors(), training: data)
    // Both blocks of rows in float64, and the products of all pairs.
    let least = 8 * (600 * 40 + 480 * 120)
    #expect(neighbors.peakBytes >= least && neighbors.peakBytes < 2 * least, "\(neighbors.peakBytes)")
  }
}
