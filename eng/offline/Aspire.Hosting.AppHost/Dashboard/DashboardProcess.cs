using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The real Aspire dashboard as a child process. The platform runs without it where it is missing or fails.</summary>
internal sealed class DashboardProcess(
    DashboardSettings settings, ResourceServiceHost service, ResourceNotificationService notifications, ResourceLoggerService logs, IServiceProvider services, ILoggerFactory loggers)
{
    private const string Name = "aspire-dashboard";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60), Grace = TimeSpan.FromMilliseconds(1500);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly ILogger _logger = loggers.CreateLogger("Aspire.Hosting.Dashboard");
    private readonly CancellationTokenSource _stop = new();
    private ChildProcess? _process;
    private Task _life = Task.CompletedTask;

    /// <summary>Where resources send telemetry; null when nobody listens.</summary>
    public string? OtlpEndpoint { get; private set; }

    public string? OtlpApiKey => settings.OtlpApiKey;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = new ExecutableResource(Name, settings.FindProgram() ?? "aspire-managed", "/");
        await notifications.PublishUpdateAsync(resource, Name, s => s with { ResourceType = "Executable", State = KnownResourceStates.Starting, IsHidden = true }).ConfigureAwait(false);
        if (settings.FindProgram() is not { } program)
        {
            await FailAsync(resource, "there is none on this machine (eng/offline/fetch brings it; ASPIRE_DASHBOARD_PATH names another)").ConfigureAwait(false);
            return;
        }

        try
        {
            await service.StartAsync(settings.ServicePort(), cancellationToken).ConfigureAwait(false);
            var (frontend, otlp) = (settings.FrontendUrl(), settings.OtlpUrl());
            _process = ChildProcess.Start(program, ["dashboard"], Path.GetDirectoryName(program)!, Variables(frontend, otlp), (line, isError) => logs.Add(Name, line, isError));
            OtlpEndpoint = otlp;
            _life = WatchAsync(resource, _process, frontend);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await FailAsync(resource, e.Message).ConfigureAwait(false);
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(Grace);
        if (_process is { } process) await process.StopAsync(deadline.Token).ConfigureAwait(false);
        await _life.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await service.StopAsync().ConfigureAwait(false);
    }

    private Dictionary<string, string> Variables(string frontend, string otlp)
    {
        var variables = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = frontend,
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = otlp,
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = service.Url!,
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true",
            ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = settings.ServiceApiKey,
            ["DASHBOARD__FRONTEND__AUTHMODE"] = settings.IsAnonymous ? "Unsecured" : "BrowserToken",
            ["DASHBOARD__OTLP__AUTHMODE"] = settings.IsAnonymous ? "Unsecured" : "ApiKey",
            ["DASHBOARD__API__AUTHMODE"] = settings.IsAnonymous ? "Unsecured" : "ApiKey",
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
        };
        if (settings.BrowserToken is { } token) variables["DASHBOARD__FRONTEND__BROWSERTOKEN"] = token;
        if (settings.OtlpApiKey is { } key) variables["DASHBOARD__OTLP__PRIMARYAPIKEY"] = variables["DASHBOARD__API__PRIMARYAPIKEY"] = key;
        return variables;
    }

    private async Task WatchAsync(ExecutableResource resource, ChildProcess process, string frontend)
    {
        var exit = process.WaitForExitAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(StartLimit);
        try
        {
            while (!exit.IsCompleted && !await AnswersAsync(frontend, limit.Token).ConfigureAwait(false)) await Task.Delay(100, limit.Token).ConfigureAwait(false);
            if (!exit.IsCompleted) await ReadyAsync(resource, frontend).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            _logger.LogWarning("The dashboard has not answered for {Limit} s.", StartLimit.TotalSeconds);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was there.
        }

        var code = await exit.ConfigureAwait(false);
        process.Dispose();
        if (!_stop.IsCancellationRequested) await FailAsync(resource, $"it exited with code {code}: {await LastLineAsync().ConfigureAwait(false)}").ConfigureAwait(false);
    }

    private async Task ReadyAsync(ExecutableResource resource, string frontend)
    {
        var login = settings.BrowserToken is { } token ? $"{frontend}/login?t={token}" : frontend;
        _logger.LogInformation("Login to the dashboard at {Url}", login);
        await notifications.PublishUpdateAsync(resource, Name, s => s with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            Urls = [new(new Uri(frontend).Scheme, login, false)],
            Ready = Task.CompletedTask,
        }).ConfigureAwait(false);
        await services.GetRequiredService<Eventing.IDistributedApplicationEventing>().PublishAsync(new ResourceReadyEvent(resource, services), _stop.Token).ConfigureAwait(false);
    }

    private async Task<bool> AnswersAsync(string frontend, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync($"{frontend}/health", cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<string> LastLineAsync()
    {
        var last = "";
        await foreach (var batch in logs.GetAllAsync(Name).ConfigureAwait(false)) last = batch[^1].Content;
        return last;
    }

    private Task FailAsync(ExecutableResource resource, string reason)
    {
        OtlpEndpoint = null;
        _logger.LogWarning("Running without the dashboard: {Reason}", reason);
        return notifications.PublishUpdateAsync(resource, Name, s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error), Urls = [] });
    }
}
