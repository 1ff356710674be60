import Testing
import Heads
