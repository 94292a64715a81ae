import CausewayPlatform
import Testing

struct ProcessSurroundingsTests {
    @Test func `the environment has its variables with their values`() {
        let environment = ProcessSurroundings.environment()
        #expect(environment["PATH"]?.contains("/bin") == true)
        #expect(environment["CAUSEWAY_NO_SUCH_VARIABLE"] == nil)
    }

    @Test func `a path on a file system in memory is told from one on disk, also before it exists`() {
        #expect(ProcessSurroundings.isInMemory("/dev/shm/not/there/yet"))
        #expect(!ProcessSurroundings.isInMemory("/usr/not/there/yet"))
        #expect(!ProcessSurroundings.isInMemory("/usr"))
    }
}
