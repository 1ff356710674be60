import Synchronization

/// What is made when it is first asked for, and kept.
final class Lazy<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let make: @Sendable () throws(FeatureCacheError) -> Value

  init(_ make: @escaping @Sendable () throws(FeatureCacheError) -> Value) { self.make = make }

  func get() throws(FeatureCacheError) -> Value {
    try value.withLock { (value) throws(FeatureCacheError) in
      if let value { return value }
      let made = try make()
      value = made
      return made
    }
  }
}
