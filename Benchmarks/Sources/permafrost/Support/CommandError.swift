import Backbone
import FeatureCache
import Heads

/// Something wrong with what the user asked for (exit status 2) or with what came later (exit status 1).
struct CommandError: Error, CustomStringConvertible {
  let description: String
  let isBadArgument: Bool

  /// The arguments cannot be meant.
  static func arguments(_ message: String) -> CommandError {
    CommandError(description: message, isBadArgument: true)
  }

  /// A part of the interface that has its name already but is not built yet.
  static func reserved(_ what: String) -> CommandError {
    CommandError(description: "\(what) is reserved and not built yet", isBadArgument: true)
  }

  static func failed(_ message: String) -> CommandError {
    CommandError(description: message, isBadArgument: false)
  }
}

/// Whether an error means that the arguments were bad: unknown networks, layers and columns are.
func isBadArgument(_ error: any Error) -> Bool {
  switch error {
  case let error as CommandError: error.isBadArgument
  case let error as BackboneError:
    [.unknownNetwork, .unknownLayer, .invalidArgument].contains(error.code)
  case let error as FeatureCacheError: [.unknownColumn, .invalidArgument].contains(error.code)
  case let error as HeadsError: error.code == .invalidArgument
  default: false
  }
}
