using System.Net.Http.Headers;

// Calls through the two clients, and says how many each made.
using var http = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("URL")!) };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("TOKEN"));
Console.WriteLine($"NSwag {await NSwagCalls.RunAsync(http)}, Kiota {await KiotaCalls.RunAsync(http)}");

/// <summary>Counts what was as it should be.</summary>
internal sealed class Checks
{
    public int Count { get; private set; }

    public void That(bool holds, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(holds))] string what = "")
    {
        if (!holds) throw new InvalidOperationException(what);
        Count++;
    }
}
