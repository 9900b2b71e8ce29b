using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Runtime;

/// <summary>The engine's Linux builds send telemetry by default, and keep a database, a device id and a session file for it.</summary>
public class EngineTelemetryTests
{
    [NeedsFact(Need.Linux)]
    public void Variable_OfThisProcess_IsThereForNativeCode() => Assert.Equal("1", Marshal.PtrToStringUTF8(GetNative("ORT_DISABLE_TELEMETRY")));

    [NeedsFact(Need.Linux)]
    public async Task Server_ThatHasAnswered_LeavesNoFiles()
    {
        using var models = new TemporaryModels();
        models.CopySmall("tiny-multilabel", "tiny");
        await using var server = new ServerProcess(models.Path, new Dictionary<string, string> { ["Inference:Device"] = "cpu" });
        await AnswerAsync(server);

        Assert.Empty(server.FilesLeft());
        Assert.Equal("", server.StandardError);
    }

    [NeedsFact(Need.Strace)]
    public async Task Server_ThatHasAnswered_HasCalledNobody()
    {
        using var models = new TemporaryModels();
        models.CopySmall("tiny-multilabel", "tiny");
        var trace = Path.Combine(models.Path, "trace.txt");
        await using (var server = new ServerProcess(models.Path, new Dictionary<string, string>(), "strace", "-f", "-qq", "-e", "trace=connect,sendto", "-o", trace))
        {
            await AnswerAsync(server);
            // The engine's first upload came within a second or two of its start, by a clock of its own: nothing would tell that it did not come.
            await Task.Delay(TimeSpan.FromSeconds(3));
        }

        var calls = File.ReadAllLines(trace);
        Assert.DoesNotContain(calls, c => c.Contains("AF_INET", StringComparison.Ordinal) && !c.Contains("127.0.0.1", StringComparison.Ordinal) && !c.Contains("::1", StringComparison.Ordinal));
    }

    private static async Task AnswerAsync(ServerProcess server)
    {
        await server.ReadyAsync();
        using var answer = await server.Client.PostAsJsonAsync("/v1/classify", new { input = "fine" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [DllImport("libc", EntryPoint = "getenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern nint GetNative(string name);
}
