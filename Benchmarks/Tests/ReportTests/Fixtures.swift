import Report

/// A small comparison with everything in it: three heads, controls, curves, pictures.
func sampleReport(classes: [String] = ["barge", "ferry", "frigate"], layers: [String] = ["avgpool"])
  -> ComparisonReport
{
  let count = classes.count
  let accuracies = [0.831, 0.84, 0.8]
  var heads = layers.flatMap { layer in
    ["Logistic regression", "Linear SVM", "MLP"].enumerated().map { index, name in
      HeadResult(
        name: name, layer: layer, parameters: [Fact("C", number: 0.01)],
        accuracy: accuracies[index], accuracyLow: accuracies[index] - 0.02,
        accuracyHigh: accuracies[index] + 0.02,
        correct: Int(accuracies[index] * 1000), total: 1000, logLoss: index == 1 ? nil : 0.43217,
        topFiveAccuracy: 0.99, recall: (0..<count).map { 0.7 + 0.2 * Double($0) / Double(max(count, 1)) },
        fitSeconds: [0.184, 0.052, 2.9][index], iterations: 41, converged: index == 2 ? nil : true,
        confusion: (0..<count).map { row in (0..<count).map { $0 == row ? 40 : $0 } },
        selection: index == 2
          ? nil
          : SelectionCurve(
            points: (-5...2).map { .init(value: Logarithm.power($0), accuracy: 0.8 + Double($0) / 100) },
            chosen: 0.01),
        training: index == 2
          ? TrainingCurves(
            trainLoss: [1.2, 0.8, 0.5], validationLoss: [1.1, 0.9, 0.8], trainAccuracy: [0.5, 0.7, 0.9],
            validationAccuracy: [0.5, 0.7, 0.75], keptEpoch: 2) : nil)
    }
  }
  for index in heads.indices {
    heads[index].balancedAccuracy = Measure(0.8, low: 0.77, high: 0.83)
    heads[index].macroF1 = Measure(0.79)
    heads[index].auroc = 0.9512
    heads[index].peakMemory = 84_000_000 * (index + 1)
    heads[index].certificate = "gradient 8e-6"
    heads[index].precision = (0..<count).map { $0 == 1 ? .nan : 0.8 }
    guard index % 3 != 1 else { continue }
    heads[index].brier = 0.25
    heads[index].reliability = Reliability(
      bins: [
        .init(low: 0, high: 0.1, count: 1, confidence: 0.07, accuracy: 0),
        .init(low: 0.5, high: 0.6, count: 40, confidence: 0.56, accuracy: 0.7),
        .init(low: 0.9, high: 1, count: 900, confidence: 0.98, accuracy: 0.93),
      ], expectedError: 0.0527, equalMassError: 0.051)
  }
  var report = ComparisonReport(
    title: "Ships", lead: "Three heads.",
    data: DataSetFacts(
      name: "ships", classes: classes,
      splits: [
        .init(name: "train", rows: 12345, classCounts: classes.map { _ in 100 }),
        .init(name: "test", rows: 1000, classCounts: classes.map { _ in 50 }),
      ]),
    groupName: "Trained network", heads: heads,
    pairs: [
      HeadPair(a: 0, b: 1, mcnemarP: 0.32, onlyA: 18, onlyB: 27),
      HeadPair(a: 0, b: 2, mcnemarP: 0.0004, onlyA: 50, onlyB: 19),
    ],
    controls: [
      HeadGroup(
        name: "Random weights",
        heads: [
          HeadResult(
            name: "Linear SVM", layer: "avgpool", accuracy: 0.6, accuracyLow: 0.55, accuracyHigh: 0.65,
            correct: 600, total: 1000)
        ])
    ],
    examples: [
      ExamplePrediction(
        key: "test/a.jpg", picture: [0xFF, 0xD8, 0xFF, 0xE0], trueClass: 0, predictedClass: 1,
        scores: [.init(classIndex: 1, value: 0.6612), .init(classIndex: 0, value: 0.3)])
    ],
    provenance: [Fact("Network", "resnet18")])
  report.pairs[0].differenceLow = -0.0094
  report.pairs[0].differenceHigh = 0.0041
  report.pairs[1].differenceLow = 0.014
  report.pairs[1].differenceHigh = 0.049
  report.layers = layers.map { LayerFacts(layer: $0, dimension: 512) }
  report.learning = ["Linear SVM", "MLP"].map { name in
    LearningSeries(
      name: name, layer: layers.last ?? "",
      points: [50, 400, 3000].map { .init(rows: $0, mean: 0.7 + Double($0) / 1e5, low: 0.66, high: 0.74) })
  }
  return report
}

/// Every figure of a report as a file of its own.
func allFigures(_ report: ComparisonReport) -> [String] {
  [
    report.accuracySVG(), report.narrowAccuracySVG(), report.significanceSVG(), report.recallSVG(),
    report.timeSVG(),
  ] + report.heads.indices.map { report.confusionSVG(head: $0) }
    + report.heads.indices.compactMap { report.selectionSVG(head: $0) }
    + report.heads.indices.flatMap { report.trainingSVGs(head: $0) }
    + report.heads.indices.compactMap { report.reliabilitySVG(head: $0) }
    + [report.differenceSVG(), report.memorySVG()].compactMap { $0 }
    + report.layerSVGs() + report.learningSVGs()
}
