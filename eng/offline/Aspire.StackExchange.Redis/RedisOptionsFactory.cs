using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Aspire.StackExchange.Redis;

/// <summary>
/// Starts the options from the connection string; unless that says otherwise, a server that is not there yet is no reason to give up.
/// </summary>
internal sealed class RedisOptionsFactory(
    IServiceProvider services,
    IEnumerable<IConfigureOptions<ConfigurationOptions>> setups,
    IEnumerable<IPostConfigureOptions<ConfigurationOptions>> postConfigures,
    IEnumerable<IValidateOptions<ConfigurationOptions>> validations)
    : OptionsFactory<ConfigurationOptions>(setups, postConfigures, validations)
{
    protected override ConfigurationOptions CreateInstance(string name)
    {
        var connectionString = services.GetKeyedService<StackExchangeRedisSettings>(name)?.ConnectionString;
        var options = connectionString is null ? base.CreateInstance(name) : ConfigurationOptions.Parse(connectionString);
        options.Defaults = new KeepTrying();
        return options;
    }

    private sealed class KeepTrying : DefaultOptionsProvider
    {
        public override bool AbortOnConnectFail => false;
    }
}
