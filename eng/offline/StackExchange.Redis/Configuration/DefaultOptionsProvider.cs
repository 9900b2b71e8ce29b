namespace StackExchange.Redis.Configuration;

/// <summary>Where options that nobody set get their value.</summary>
public class DefaultOptionsProvider
{
    public virtual bool AbortOnConnectFail => true;
}
