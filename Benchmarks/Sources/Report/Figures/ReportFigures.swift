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
  public func timeSVG() -> String { TimeFigure(ranking: Ranking(self)).figure().document() }

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
    let all = heads.flatMap { $0.selection?.points.map(\.accuracy) ?? [] }
    return SelectionFigure(
      head: head, title: ranking.label(head), color: ranking.mark(head).color, curve: curve, accuracies: all
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
}
