import Synchronization
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct LongWorkTests {
  @Test func workHasNoThreadThatTasksNeed() async throws {
    // More works than there are threads for tasks, each of which ends only once a task has been run after it.
    let count = 4 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let (began, signal) = AsyncStream.makeStream(of: Int.self)
    let isReleased = Flag()
    let works = (0..<count).map { index in
      Task {
        try await LongWork.run {
          signal.yield(index)
          while !isReleased.value.load(ordering: .acquiring) { usleep(100) }
          return index
        }
      }
    }
    var seen: Set<Int> = []
    for await index in began {
      seen.insert(index)
      if seen.count == count { break }
    }
    await Task { isReleased.value.store(true, ordering: .releasing) }.value
    for (index, work) in works.enumerated() { #expect(try await work.value == index) }
  }

  @Test func whatTheWorkHeldIsGoneWhenItReturns() async throws {
    let gone = Flag()
    func work() -> @Sendable () -> Int {
      let held = Held(gone)
      return { held.number }
    }
    #expect(try await LongWork.run(work()) == 3)
    let isGone = gone.value.load(ordering: .acquiring)
    #expect(isGone)
  }

  @Test func aHostsSignalsGoToItsOwnThreadsAndItsFaultsDoNot() async throws {
    let blocked = try await LongWork.run { () -> [Int32] in
      var mask = sigset_t()
      unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
      return (1..<32).filter { unsafe sigismember(&mask, $0) == 1 }
    }
    #expect(Set(blocked).isSuperset(of: [SIGINT, SIGTERM, SIGALRM, SIGCHLD, SIGUSR1, SIGPROF]))
    #expect(Set(blocked).isDisjoint(with: [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT]))
  }

  @Test func workMayUseADeepStack() async throws {
    #expect(try await LongWork.run { Self.deep(10_000) } == 10_000)
  }

  /// Takes some 200 bytes a level.
  private static func deep(_ levels: Int) -> Int {
    let block = (0..<16).map { $0 + levels }
    return levels == 0 ? 0 : 1 + deep(levels - 1) + block[3] - block[3]
  }

  // Limits of the test's own process would reach its other tests.
  #if os(Linux)
    @Test func aThreadThatCannotBeHadIsAnError() async {
      await #expect(processExitsWith: .exitCode(7)) {
        var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        do throws(TensorsError) {
          exit(try await LongWork.run { 1 })
        } catch {
          exit(error.code == .resources ? 7 : 2)
        }
      }
    }
  #endif
}

private final class Flag: Sendable {
  let value = Atomic(false)
}

private final class Held: Sendable {
  let number = 3
  private let gone: Flag
  init(_ gone: Flag) { self.gone = gone }
  deinit { gone.value.store(true, ordering: .releasing) }
}
