/// One weird trick for parallelizing convolutional neural networks (Krizhevsky, 2014).
/// <https://arxiv.org/abs/1404.5997>
///
/// torchvision's graph. Shapes are for a 224 x 224 input.
extension Architecture {
  public static let alexNet = Architecture(
    "alexnet", suggestedTaps: ["classifier.4", "classifier.5", "classifier.2", "avgpool"]
  ) { g in
    var x = g.input()  // [3, 224, 224]
    x = g.scope("features") { g in
      var x = g.convolution("0", x, to: 64, kernel: 11, stride: 4, padding: 2, bias: true)  // [64, 55, 55]
      x = g.maxPool("2", g.relu("1", x), kernel: 3, stride: 2)  // [64, 27, 27]
      x = g.relu("4", g.convolution("3", x, to: 192, kernel: 5, padding: 2, bias: true))
      x = g.maxPool("5", x, kernel: 3, stride: 2)  // [192, 13, 13]
      x = g.relu("7", g.convolution("6", x, to: 384, kernel: 3, padding: 1, bias: true))
      x = g.relu("9", g.convolution("8", x, to: 256, kernel: 3, padding: 1, bias: true))
      x = g.relu("11", g.convolution("10", x, to: 256, kernel: 3, padding: 1, bias: true))
      return g.maxPool("12", x, kernel: 3, stride: 2)  // [256, 6, 6]
    }
    x = g.flatten(g.adaptiveAveragePool("avgpool", x, height: 6, width: 6))  // [9216]
    g.scope("classifier") { g in
      x = g.linear("1", g.dropout("0", x), to: 4096)
      x = g.linear("4", g.dropout("3", g.relu("2", x)), to: 4096)
      x = g.linear("6", g.relu("5", x), to: 1000)
    }
  }
}
