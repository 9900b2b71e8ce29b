using Microsoft.Extensions.DependencyInjection;
using ModelServer.Check;
using ModelServer.Models;
using ModelServer.Runtime;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Check;

/// <summary>The check with all tasks of the server, whose own models folder is empty.</summary>
public sealed class CheckHost : IDisposable
{
    private readonly TemporaryModels _none = new();
    private readonly ModelServerHost _host;

    public CheckHost() => _host = new ModelServerHost(_none.Path);

    internal IServiceProvider Services => _host.Services;

    internal ModelCheck Check => new(
        _host.Services.GetRequiredService<ModelFactory>(), _host.Services.GetServices<ITask>(), _host.Services.GetRequiredService<LoadMemory>(), TimeProvider.System);

    internal CheckReport Run(string folder) => Check.Run(CheckedFolder.Of(folder));

    public void Dispose()
    {
        _host.Dispose();
        _none.Dispose();
    }
}
