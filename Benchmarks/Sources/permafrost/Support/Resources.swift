#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The most memory this process has had resident so far, in bytes.
func peakResidentBytes() -> Int {
  var usage = rusage()
  #if canImport(Glibc)
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return usage.ru_maxrss * 1024  // Linux counts in KiB
  #else
    guard unsafe getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
    return usage.ru_maxrss
  #endif
}
