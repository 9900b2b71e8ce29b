using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Running;

/// <summary>Start, stop and restart, which every process has.</summary>
internal static class LifecycleCommands
{
    public static void AddTo(IResource resource)
    {
        Add(resource, KnownResourceCommands.StartCommand, "Start", "Play", IconVariant.Filled, true,
            state => IsStopped(state) || Is(state, KnownResourceStates.Waiting) ? ResourceCommandState.Enabled : Is(state, KnownResourceStates.Starting) ? ResourceCommandState.Disabled : ResourceCommandState.Hidden,
            (runner, id) => runner.StartInstanceAsync(id));
        Add(resource, KnownResourceCommands.StopCommand, "Stop", "Stop", IconVariant.Filled, true,
            state => Is(state, KnownResourceStates.Running) ? ResourceCommandState.Enabled : Is(state, KnownResourceStates.Stopping) ? ResourceCommandState.Disabled : ResourceCommandState.Hidden,
            (runner, id) => runner.StopInstanceAsync(id));
        Add(resource, KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", IconVariant.Regular, false,
            state => Is(state, KnownResourceStates.Running) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            async (runner, id) =>
            {
                await runner.StopInstanceAsync(id).ConfigureAwait(false);
                await runner.StartInstanceAsync(id).ConfigureAwait(false);
            });
    }

    private static void Add(IResource resource, string name, string title, string icon, IconVariant variant, bool highlighted, Func<string?, ResourceCommandState> state, Func<ApplicationRunner, string, Task> execute)
        => resource.Annotations.Add(new ResourceCommandAnnotation(name, title, c => state(c.ResourceSnapshot.State?.Text), async c =>
        {
            await execute(c.Services.GetRequiredService<ApplicationRunner>(), c.ResourceName).ConfigureAwait(false);
            return CommandResults.Success();
        }, displayDescription: null, parameter: null, confirmationMessage: null, icon, variant, highlighted));

    private static bool Is(string? state, string known) => state == known;

    private static bool IsStopped(string? state) => state is not null && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.NotStarted);
}
