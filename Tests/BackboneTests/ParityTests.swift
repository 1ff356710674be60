import Backbone
import Tensors
import Testing

/// Every named node of ten networks with seeded weights, against torchvision computed in float64.
///
/// The numerical contract is with torchvision in float32: no value differs by more than 1e-4 of the largest.
/// Against float64, PyTorch's own rounding at that node, which the goldens state, is allowed on top.
@Suite(.serialized) struct ParityTests {
  @Test(arguments: NetworkGolden.networks)
  func everyNodeIsTorchvisions(name: String) throws {
    // At 224 x 224, whatever size the network was trained on.
    let architecture = try Architecture.named(name)
    let network = try Network(
      architecture, weights: DampedWeights.source(architecture), preprocessing: .imageNetV1)
    let golden = try NetworkGolden(name).nodes
    #expect(golden.map(\.name) == network.graph.nodes.map(\.name))
    let plan = try network.plan(tapping: golden.map { Tap($0.name) })
    let outputs = try plan.run(NetworkGolden.pictures(), threads: 2)
    for (node, output) in zip(golden, outputs) {
      let tolerance = 1e-4 + node.error
      let allowed = tolerance * node.largest
      for (place, sample) in zip(node.places, node.samples) {
        let difference = abs(Double(output.values[place]) - Double(sample))
        #expect(difference <= allowed, "element \(place) of \(node.name)")
      }
      let values = output.values.map { Double($0) }
      let mean = values.reduce(0, +) / Double(values.count)
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let largest = values.reduce(0) { max($0, abs($1)) }
      #expect(abs(mean - node.mean) <= allowed, "mean of \(node.name)")
      #expect(abs(largest - node.largest) <= allowed, "largest value of \(node.name)")
      #expect(abs(norm - node.norm) <= tolerance * node.norm, "norm of \(node.name)")
    }
  }
}
