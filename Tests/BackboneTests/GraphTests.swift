import Backbone
import Tensors
import Testing

/// Graphs against the names, shapes and weights that torchvision itself lists (`Goldens/make_networks.py`).
@Suite struct GraphTests {
  @Test(arguments: Architecture.all.map(\.name))
  func nodesAreTorchvisions(name: String) throws {
    let golden = try #require(try Goldens.names()[name])
    let graph = try Architecture.named(name).graph(height: 224, width: 224)
    #expect(graph.nodes.map(\.name) == golden.nodes.map(\.name))
    #expect(graph.nodes.map(\.shape.dimensions) == golden.nodes.map(\.shape))
    #expect(graph.parameterCount == golden.parameterCount)
    let weights = Set(graph.parameters)
    #expect(weights == Set(golden.weights))
    #expect(graph.parameters.count == weights.count)
  }

  @Test func aScopeMeansItsLastNode() throws {
    let graph = try Architecture.resNet18.graph()
    #expect(graph.nodes[try graph.node(named: "layer1.0")].name == "layer1.0.relu_1")
    #expect(graph.nodes[try graph.node(named: "layer4")].name == "layer4.1.relu_1")
    #expect(graph.nodes[try graph.node(named: "layer2.0.downsample")].name == "layer2.0.downsample.1")
  }

  @Test func anUnknownLayerIsRefusedWithTheNearestNames() throws {
    let graph = try Architecture.resNet18.graph()
    let error = #expect(throws: BackboneError.self) { try graph.node(named: "layer5") }
    #expect(error?.code == .unknownLayer)
    #expect(error?.message.contains("layer1") == true)
  }

  @Test func anUnknownNetworkIsRefusedWithTheNearestNames() {
    let error = #expect(throws: BackboneError.self) { try Architecture.named("resnet19") }
    #expect(error?.code == .unknownNetwork)
    #expect(error?.message.contains("resnet18") == true)
  }

  @Test func aPictureTooSmallNamesTheLayerThatFails() {
    let error = #expect(throws: BackboneError.self) { try Architecture.alexNet.graph(height: 16, width: 16) }
    #expect(error?.code == .invalidGraph)
    #expect(error?.message.contains("features.") == true)
  }

  @Test func aGraphOfOnesOwnReportsItsFirstMistake() {
    let error = #expect(throws: BackboneError.self) {
      try Graph(height: 8, width: 8) { g in
        let x = g.input()
        let a = g.convolution("a", x, to: 4, kernel: 3)
        _ = g.add(a, x)
        _ = g.linear("b", x, to: 3)
      }
    }
    #expect(error?.message == "layer add cannot add 4x6x6 and 3x8x8")
  }
}
