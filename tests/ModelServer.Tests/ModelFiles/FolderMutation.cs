using System.Text.Json.Nodes;

namespace ModelServer.Tests.ModelFiles;

/// <summary>Damages one file of a folder, or two, by seed.</summary>
/// <param name="secret">A file outside the models folder.</param>
internal sealed class FolderMutation(string secret)
{
    private static readonly string[] Values = ["null", "true", "-1", "0", "1e308", "99999999999", "\"\"", "\"../../../etc/passwd\"", "\"/etc/passwd\"", "[]", "{}", "[null]", "{\"a\":null}", "\"\\u0000\"", "[[[[]]]]"];

    /// <returns>What was done, for the message of a test that fails.</returns>
    public string Apply(string folder, int seed)
    {
        var random = new Random(seed);
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("expected.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        random.Shuffle(files);
        return string.Join(", ", files.Take(random.Next(4) == 0 ? 2 : 1).Select(file => $"{Path.GetRelativePath(folder, file)}: {Damage(file, random)}").ToArray());
    }

    private string Damage(string file, Random random)
    {
        var bytes = File.ReadAllBytes(file);
        switch (random.Next(file.EndsWith(".json", StringComparison.Ordinal) ? 12 : 6))
        {
            case 0:
                File.Delete(file);
                return "missing";
            case 1:
                File.WriteAllBytes(file, bytes[..random.Next(bytes.Length)]);
                return "cut off";
            case 2:
                File.WriteAllBytes(file, [.. Enumerable.Range(0, random.Next(200)).Select(_ => (byte)random.Next(256))]);
                return "noise";
            case 3:
                File.Delete(file);
                File.CreateSymbolicLink(file, secret);
                return "a link elsewhere";
            case 4:
                File.Delete(file);
                Directory.CreateDirectory(file);
                return "a folder";
            case 5:
                for (var i = random.Next(1, 6); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                File.WriteAllBytes(file, bytes);
                return "some bytes";
            case var kind:
                var root = JsonNode.Parse(bytes)!;
                var what = Change(root, kind, random);
                File.WriteAllText(file, root.ToJsonString());
                return what;
        }
    }

    /// <summary>Walks down to a member or an item, and takes it away, doubles it or puts something else there.</summary>
    private static string Change(JsonNode root, int kind, Random random)
    {
        var node = root;
        while (true)
        {
            if (node is JsonObject { Count: > 0 } map)
            {
                var key = map.ElementAt(random.Next(Math.Min(map.Count, 30))).Key;
                if (map[key] is JsonObject or JsonArray && random.Next(3) > 0)
                {
                    node = map[key]!;
                    continue;
                }

                var value = Values[random.Next(Values.Length)];
                if (kind == 6) map.Remove(key);
                else if (kind == 7) map[$"{key}_"] = JsonNode.Parse(value);
                else map[key] = JsonNode.Parse(value);
                return $"{map.GetPath()}.{key} {(kind == 6 ? "removed" : value)}";
            }

            if (node is not JsonArray { Count: > 0 } list) return "nothing";
            var at = random.Next(Math.Min(list.Count, 30));
            if (list[at] is JsonObject or JsonArray && random.Next(3) > 0)
            {
                node = list[at]!;
                continue;
            }

            var item = Values[random.Next(Values.Length)];
            if (kind == 6) list.RemoveAt(at);
            else if (kind == 7) list.Add(list[at]?.DeepClone());
            else list[at] = JsonNode.Parse(item);
            return $"{list.GetPath()}[{at}] {(kind == 6 ? "removed" : item)}";
        }
    }
}
