#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How C is chosen in papers that compare representations by linear heads.
extension RegularizationSearch {
  /// 45 values from 1e-6 to 1e5 at equal ratios.
  public static let linearEvaluationPath: [Double] = (0..<45).map { pow(10, -6 + 0.25 * Double($0)) }

  /// Linear evaluation on a path of 45 values, each fit starting from the one before, the best one fitted to
  /// training and validation part together (Kornblith, Shlens and Le, "Do better ImageNet models transfer
  /// better?", 2019, A.4; Chen et al., "A simple framework for contrastive learning of visual representations",
  /// 2020, B.8).
  public static let linearEvaluation = RegularizationSearch(candidates: linearEvaluationPath, refits: true)

  /// CLIP's search: 1e-6, 1e-4 and so on up to 1e6, then halving the interval around the best until there are 8
  /// steps a decade (Radford et al., "Learning transferable visual models from natural language supervision",
  /// 2021, A.3).
  public static let clip = RegularizationSearch(
    candidates: [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6], refits: true, stepsPerDecade: 8)

  /// Chooses C on a stratified part of the rows and refits to all of them. With 1000 rows and a fifth held out
  /// this is the protocol of VTAB-1k, 800 rows to fit and 200 to choose by (Zhai et al., "A large-scale study of
  /// representation learning with the Visual Task Adaptation Benchmark", 2019, 3.2).
  ///
  /// - Throws: as `select(_:training:validation:options:)`.
  public func select<Configuration: RegularizedConfiguration>(
    _ configuration: Configuration, of rows: LabeledFeatures, holdingOut share: Double = 0.2,
    options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> Selection {
    let split = try DataSplit(
      stratified: rows.labels, .fractions(training: 1 - share, validation: share, test: 0),
      seed: options.seed)
    var search = self
    search.refits = true
    return try await search.select(
      configuration, training: rows.selecting(split.training), validation: rows.selecting(split.validation),
      options: options)
  }
}
