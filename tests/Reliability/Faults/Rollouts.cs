using System.Net;
using System.Text.Json;
using Reliability.Cluster;

namespace Reliability.Faults;

/// <summary>Commands of an operator about the model whose versions are switched.</summary>
internal static class Rollouts
{
    private const double Patience = 45;

    /// <summary>The version that answers; null where no gateway says so.</summary>
    public static async Task<string?> ActiveAsync(FaultContext context)
    {
        foreach (var gateway in context.Cluster.Gateways)
            if (await CardAsync(context, gateway) is { } card) return card.GetProperty("active_version").GetString();
        return null;
    }

    /// <summary>Asks until it is accepted, and waits until every gateway and every model server has done it.</summary>
    public static async Task ActivateAsync(FaultContext context, string version)
    {
        if (await CommandAsync(context, $"versions/{version}/activate")) await SettledAsync(context, version);
    }

    /// <summary>Asks for something until a gateway accepts it. While Redis is away none can.</summary>
    /// <returns>Whether one did.</returns>
    public static async Task<bool> CommandAsync(FaultContext context, string path, object? body = null)
    {
        var said = "";
        return await context.EventuallyAsync(
            async () =>
            {
                foreach (var gateway in context.Cluster.Gateways)
                {
                    (var status, said) = await context.Cluster.Client.TryAsync(HttpMethod.Post, gateway.Port, $"/admin/models/{ModelsFolder.Switched}/{path}", body, context.Cancellation);
                    if (status is HttpStatusCode.OK or HttpStatusCode.Accepted) return true;
                }

                return false;
            },
            Patience,
            () => $"{path} is accepted ({said})");
    }

    /// <summary>Waits until a version is the active one at every gateway, nothing is on trial, and the version answers.</summary>
    public static Task SettledAsync(FaultContext context, string version) => context.EventuallyAsync(
        async () =>
        {
            foreach (var gateway in context.Cluster.Gateways)
            {
                if (await CardAsync(context, gateway) is not { } card) return false;
                if (card.GetProperty("active_version").GetString() != version || card.GetProperty("trial").ValueKind == JsonValueKind.Object) return false;
            }

            return true;
        },
        Patience,
        () => $"version {version} is the active one everywhere, and nothing is on trial");

    /// <summary>The stage of what is on trial; null where nothing is.</summary>
    public static async Task<string?> StageAsync(FaultContext context, ServiceInstance gateway)
        => await CardAsync(context, gateway) is { } card && card.GetProperty("trial") is { ValueKind: JsonValueKind.Object } trial ? trial.GetProperty("stage").GetString() : null;

    public static string Other(string? version) => version == ModelsFolder.LowVersion ? ModelsFolder.HighVersion : ModelsFolder.LowVersion;

    private static Task<JsonElement?> CardAsync(FaultContext context, ServiceInstance gateway) => context.Cluster.Client.ModelAsync(gateway.Port, ModelsFolder.Switched, context.Cancellation);
}
