public import Tensors

/// Runs one plan again and again with the same threads and the same memory, which the first run gets and later
/// ones find warm. One batch at a time: a task that computes beside another has a runner of its own.
public final class PlanRunner {
  /// How long a layer took in one run.
  public struct LayerTime: Hashable, Sendable {
    /// The convolution or linear layer, with all that is fused to it, or the node by itself.
    public let layer: String
    /// Multiply-adds of all that was computed, for one picture.
    public let multiplyAdds: Int
    /// For the whole batch; of a layer that threads compute for pictures of their own, each one's share.
    public internal(set) var nanoseconds: Int64
  }

  public let plan: Plan
  private let engine: Engine

  /// - Parameters:
  ///   - plan: what to run
  ///   - threads: how many threads compute
  /// - Throws: `.resources`
  public init(_ plan: Plan, threads: Int = 1) throws(BackboneError) {
    self.plan = plan
    engine = try Engine(plan, threads: threads)
  }

  /// Runs preprocessed pictures through the network.
  ///
  /// - Parameter pictures: [pictures, channels, height, width], normalised as the weights want it
  /// - Returns: for each tap, [pictures, dimension]
  /// - Throws: `.invalidArgument` where the shape does not fit, `.hook`
  public func run(_ pictures: Tensor) throws(BackboneError) -> [Tensor] {
    try run(pictures, observe: nil)
  }

  /// Runs a batch as `run` does, and says where the time went.
  ///
  /// - Returns: each computed layer once, in the order of the first computation
  /// - Throws: as `run`
  public func profile(_ pictures: Tensor) throws(BackboneError) -> [LayerTime] {
    var nanoseconds: [Int: Int64] = [:]
    var order: [Int] = []
    _ = try run(pictures) { node, elapsed in
      if nanoseconds[node] == nil { order.append(node) }
      nanoseconds[node, default: 0] += elapsed
    }
    return order.map { node in
      let (head, multiplyAdds) = plan.program.work(behind: node)
      return LayerTime(layer: head, multiplyAdds: multiplyAdds, nanoseconds: nanoseconds[node] ?? 0)
    }
  }

  private func run(_ pictures: Tensor, observe: Engine.Observer?) throws(BackboneError) -> [Tensor] {
    guard pictures.shape.count == 4, Array(pictures.shape.dropFirst()) == plan.inputShape else {
      throw BackboneError(
        .invalidArgument, "pictures of shape \(pictures.shape) do not fit an input of \(plan.inputShape)")
    }
    let batch = pictures.shape[0]
    let results = try unsafe engine.run(batch: batch, observe: observe) { input in
      unsafe interleave(pictures, into: input)
    }
    var tensors: [Tensor] = []
    for (values, output) in zip(results, plan.outputs) {
      do { tensors.append(try Tensor(shape: [batch, output.dimension], values: values)) } catch {
        throw BackboneError(.invalidGraph, error.message)
      }
    }
    return tensors
  }

  /// Brings planes of channels, [batch][channel][pixel], into the order of the kernels, [batch][pixel][channel].
  private func interleave(_ pictures: Tensor, into output: UnsafeMutableBufferPointer<Float>) {
    let (batch, channels) = (pictures.shape[0], pictures.shape[1])
    let pixels = pictures.shape[2] * pictures.shape[3]
    // The picture's planes are cut into pieces, so that one picture too can use all threads.
    let pieces = engine.threads.threads
    unsafe pictures.values.withUnsafeBufferPointer { planes in
      engine.threads.forEach(batch * pieces) { item, _ in
        let (picture, piece) = item.quotientAndRemainder(dividingBy: pieces)
        for pixel in pixels * piece / pieces..<pixels * (piece + 1) / pieces {
          for channel in 0..<channels {
            unsafe output[(picture * pixels + pixel) * channels + channel] =
              planes[(picture * channels + channel) * pixels + pixel]
          }
        }
      }
    }
  }
}

extension Program {
  /// The layer that a step stands for, and what it computes for one picture.
  fileprivate func work(behind node: Int) -> (layer: String, multiplyAdds: Int) {
    var members = [node]
    switch schedule.steps.first(where: { $0.node == node })?.kind {
    case .fused(let group): members = group.members
    case .scaled(let scaled): members = scaled.group.members
    case .inverted(let block): members = block.members
    default: break
    }
    let multiplyAdds = members.reduce(0) { sum, member in
      guard case .graph(let index) = graph.nodes[member].source else { return sum }
      return sum + graph.graph.nodes[index].multiplyAdds
    }
    return (graph.nodes[members[0]].name, multiplyAdds)
  }
}
