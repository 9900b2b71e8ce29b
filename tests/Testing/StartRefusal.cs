using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Testing;

/// <summary>
/// Why a service in this process refused to start. A test host races with the entry point that disposes the refused
/// host, and then tells of the disposal instead: so every refusal of a setting, whoever asked for it, is kept here.
/// </summary>
public sealed class StartRefusal
{
    private readonly ConcurrentQueue<OptionsValidationException> _said = [];

    /// <summary>Listens to the validation of every setting of the service that <paramref name="web"/> builds.</summary>
    public void Observe(IWebHostBuilder web) => web.ConfigureServices(services => services
        .AddSingleton(this)
        .AddTransient(typeof(IOptionsFactory<>), typeof(Listener<>)));

    /// <summary>What refused the start; fails where the service starts.</summary>
    public Exception Of(Action start)
    {
        var thrown = Assert.ThrowsAny<Exception>(start);
        OptionsValidationException[] said = [.. _said.DistinctBy(e => e.Message)];
        return said switch { [] => thrown, [var one] => one, _ => new AggregateException(said) };
    }

    private sealed class Listener<TOptions>(
        StartRefusal refusal, IEnumerable<IConfigureOptions<TOptions>> setups, IEnumerable<IPostConfigureOptions<TOptions>> later, IEnumerable<IValidateOptions<TOptions>> validations)
        : IOptionsFactory<TOptions> where TOptions : class
    {
        private readonly OptionsFactory<TOptions> _factory = new(setups, later, validations);

        public TOptions Create(string name)
        {
            try
            {
                return _factory.Create(name);
            }
            catch (OptionsValidationException e)
            {
                refusal._said.Enqueue(e);
                throw;
            }
        }
    }
}
