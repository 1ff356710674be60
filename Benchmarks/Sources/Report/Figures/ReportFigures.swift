extension ComparisonReport {
  /// The accuracy figure as an SVG file of its own, with background and fonts, for a page or a README.
  public func accuracySVG() -> String { AccuracyFigure(Ranking(self), layout: .wide).figure().document() }

  /// The accuracy figure 420 pixels wide, for a narrow column.
  public func narrowAccuracySVG() -> String {
    AccuracyFigure(Ranking(self), layout: .narrow).figure().document()
  }

  /// The matrix of tested pairs as an SVG file.
  public func significanceSVG() -> String { SignificanceFigure(ranking: Ranking(self)).figure().document() }

  /// Recall of each class under the best heads as an SVG file.
  public func recallSVG() -> String { RecallFigure(Ranking(self)).figure().document() }

  /// The time of each fit as an SVG file.
  public func timeSVG() -> String { BarListFigure.times(Ranking(self)).figure().document() }

  /// The memory of each fit as an SVG file; nil where it is not known.
  public func memorySVG() -> String? {
    let figure = BarListFigure.memory(Ranking(self))
    return figure.rows.isEmpty ? nil : figure.figure().document()
  }

  /// How far each head is behind the best one as an SVG file; nil where no intervals are known.
  public func differenceSVG() -> String? { DifferenceFigure(Ranking(self))?.figure().document() }

  /// Accuracy along the layers as SVG files, one a network with several.
  public func layerSVGs() -> [String] { layerFigures(Ranking(self)).map { $0.figure.figure().document() } }

  /// Accuracy over the number of training pictures as SVG files, one a layer.
  public func learningSVGs() -> [String] {
    learningFigures(Ranking(self), .wide).map { $0.figure.document() }
  }

  /// The reliability diagram of a head, by its index in `heads`, as an SVG file; nil for a head without
  /// probabilities.
  public func reliabilitySVG(head index: Int) -> String? {
    reliabilityFigure(heads[index], Ranking(self))?.document()
  }

  /// The confusion matrix of a head, by its index in `heads`, as an SVG file. At most 60 classes are drawn.
  public func confusionSVG(head index: Int) -> String {
    let head = heads[index]
    return ConfusionFigure(head, title: Ranking(self).label(head), data: data).figure().document()
  }

  /// The selection curve of a head, by its index in `heads`, as an SVG file; nil for a head without one.
  public func selectionSVG(head index: Int) -> String? {
    selectionFigure(heads[index], Ranking(self))?.document()
  }

  /// The training curves of a head, by its index in `heads`, as SVG files: loss and accuracy as far as known.
  public func trainingSVGs(head index: Int) -> [String] {
    trainingFigures(heads[index], Ranking(self)).map { $0.document() }
  }

  func selectionFigure(_ head: HeadResult, _ ranking: Ranking) -> Figure? {
    guard let curve = head.selection, curve.points.contains(where: { $0.accuracy.isFinite && $0.value > 0 })
    else { return nil }
    let shown = ranking.heads.filter { $0.selection != nil }.prefix(FittingSection.mostSelections)
    let all = (shown + [head]).flatMap { $0.selection?.points.map(\.accuracy) ?? [] }
    return SelectionFigure(
      head: head, title: ranking.label(head), color: ranking.mark(head).color, curve: curve, values: all
    ).figure()
  }

  func trainingFigures(_ head: HeadResult, _ ranking: Ranking) -> [Figure] {
    guard let curves = head.training else { return [] }
    return [TrainingFigure.Quantity.loss, .accuracy].compactMap { quantity in
      let figure = TrainingFigure(
        title: ranking.label(head), color: ranking.mark(head).color, curves: curves, quantity: quantity)
      return figure.isEmpty ? nil : figure.figure()
    }
  }

  func reliabilityFigure(_ head: HeadResult, _ ranking: Ranking) -> Figure? {
    head.reliability.map {
      ReliabilityFigure(title: ranking.label(head), color: ranking.mark(head).color, reliability: $0).figure()
    }
  }

  /// One figure a network of which several layers were compared.
  func layerFigures(_ ranking: Ranking) -> [(network: String, figure: LayerFigure)] {
    var networks: [String] = []
    for layer in layers where !networks.contains(layer.network) { networks.append(layer.network) }
    let shown = networks.filter { network in layers.count { $0.network == network } > 1 }
    let accuracies = heads.filter { shown.contains($0.network) }.map(\.accuracy)
    return shown.map { network in
      (network, LayerFigure(ranking, network: network, accuracies: accuracies))
    }
  }

  /// One figure a layer on which learning was followed.
  func learningFigures(
    _ ranking: Ranking, _ layout: LearningFigure.Layout
  ) -> [(place: String, figure: Figure)] {
    var places: [[LearningSeries]] = []
    for line in learning where !line.points.isEmpty {
      if let index = places.firstIndex(where: { $0[0].network == line.network && $0[0].layer == line.layer })
      {
        places[index].append(line)
      } else {
        places.append([line])
      }
    }
    return places.map { lines in
      let place = [lines[0].network, lines[0].layer].filter { !$0.isEmpty }.joined(separator: " ")
      return (place, LearningFigure(ranking: ranking, layout: layout, series: lines).figure())
    }
  }
}
