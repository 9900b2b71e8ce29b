using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Testing;

/// <summary>
/// Why a service in this process refused to start. A test host races with the entry point that disposes the refused
/// host, and then tells of the disposal instead: so what the settings' validators said is kept here.
/// </summary>
public sealed class StartRefusal
{
    private Exception? _said;

    /// <summary>Listens to the validators of the service that <paramref name="web"/> builds.</summary>
    public void Observe(IWebHostBuilder web) => web.ConfigureServices(services =>
    {
        var validator = services.LastOrDefault(s => s.ServiceType == typeof(IStartupValidator))?.ImplementationType;
        if (validator is null) return;
        services.AddTransient<IStartupValidator>(provider => new Listener(this, (IStartupValidator)ActivatorUtilities.CreateInstance(provider, validator)));
    });

    /// <summary>What refused the start; fails where the service starts.</summary>
    public Exception Of(Action start)
    {
        var thrown = Assert.ThrowsAny<Exception>(start);
        return _said ?? thrown;
    }

    private sealed class Listener(StartRefusal refusal, IStartupValidator validator) : IStartupValidator
    {
        public void Validate()
        {
            try
            {
                validator.Validate();
            }
            catch (Exception e)
            {
                refusal._said = e;
                throw;
            }
        }
    }
}
