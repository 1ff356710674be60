import Tensors

/// What a run computes.
enum Work: Hashable, Sendable {
  /// A whole data set.
  case all
  /// Part `index` of a plan of so many.
  case shard(Int, of: Int)

  /// How journals call it.
  var name: String {
    switch self {
    case .all: "all"
    case .shard(let index, let count): "\(index)-of-\(count)"
    }
  }
}
