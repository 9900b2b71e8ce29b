using AppHost.Replicas;

namespace AppHost.Tests.Replicas;

public class LogReasonTests
{
    [Fact]
    public void Find_CriticalEntry_IsTheReason()
    {
        string[] lines =
        [
            "2030-01-01T00:00:00.1234567Z fail: ModelServer.Models.VersionLoader[1]",
            "2030-01-01T00:00:00.1234567Z       Model a:1 cannot be served",
            "2030-01-01T00:00:00.1234567Z \x1b[1m\x1b[37m\x1b[41mcrit\x1b[39m\x1b[22m\x1b[49m: ModelServer.Models.VersionLoader[2]",
            "2030-01-01T00:00:00.1234567Z       CUDA is not there.",
            "2030-01-01T00:00:00.1234567Z info: Microsoft.Hosting.Lifetime[0]",
            "2030-01-01T00:00:00.1234567Z       Application is shutting down...",
        ];

        Assert.Equal("CUDA is not there.", LogReason.Find(lines));
    }

    [Fact]
    public void Find_NoCriticalEntry_IsTheLastFailure()
        => Assert.Equal("second", LogReason.Find(["fail: A[0]", "      first", "fail: A[0]", "      second", "info: A[0]", "      third"]));

    [Fact]
    public void Find_UnhandledException_IsTheReason()
        => Assert.Equal("Unhandled exception. System.Exception: Why.", LogReason.Find(["Unhandled exception. System.Exception: Why.", "   at A.B()"]));

    [Fact]
    public void Find_NothingWrong_IsNull() => Assert.Null(LogReason.Find(["info: A[0]", "      fine", "fail: "]));
}
