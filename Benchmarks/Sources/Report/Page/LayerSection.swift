/// Which layer has the features that the classes need: accuracy along the depth of each network.
struct LayerSection {
  let ranking: Ranking

  var markup: Markup? {
    let figures = ranking.report.layerFigures(ranking)
    guard !figures.isEmpty else { return nil }
    let cards = figures.map { network, figure in
      card(
        network.isEmpty ? "By layer" : network,
        note:
          "From the shallowest layer to the deepest\(ranking.pooling.isEmpty ? "" : ", all pooled as \(ranking.pooling.dropFirst())").",
        bothWidths(440) { figure.figure(width: $0) })
    }
    return section(
      "Which layer serves best", id: "layers",
      why:
        "The same heads on the activations of several layers. Shallow layers know edges and textures, deep "
        + "ones the classes that the network was trained on; new classes are often between.",
      [element("div", ["class": "grid"], cards)])
  }
}
