using System.ClientModel;
using System.ClientModel.Primitives;
using AppHost.Tests.Platform;
using OpenAI;

namespace AppHost.Tests.Clients;

/// <summary>OpenAI's .NET client with the gateway as its address and no retries.</summary>
internal static class OpenAIClients
{
    /// <param name="key">A token of the platform, or what is not; by default one that may infer.</param>
    public static OpenAIClient Create(RunningPlatform platform, string? key = null) => new(
        new ApiKeyCredential(key ?? RunningPlatform.CreateToken()),
        new OpenAIClientOptions { Endpoint = new Uri(platform.CreateClient(null).BaseAddress!, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
}
