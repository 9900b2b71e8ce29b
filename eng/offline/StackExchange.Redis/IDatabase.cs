namespace StackExchange.Redis;

public interface IDatabase : IRedis, IDatabaseAsync
{
    int Database { get; }
}
