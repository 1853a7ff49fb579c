package dev.tidemill.exec.expression;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code JSON_ENTRIES(json, path)}: the rows of the table function JSON_EACH. */
final class JsonEntries {
  /** What there is of each member or element. */
  static final Type TYPE =
      new Type.Array(
          new Type.Row(
              List.of(
                  new Type.RowField("key", Type.VARCHAR),
                  new Type.RowField("value", Type.VARCHAR),
                  new Type.RowField("type", Type.VARCHAR),
                  new Type.RowField("atom", Type.VARCHAR),
                  new Type.RowField("fullkey", Type.VARCHAR),
                  new Type.RowField("path", Type.VARCHAR))));

  private static final JsonFactory JSON = new JsonFactory();

  private JsonEntries() {}

  static Kernel kernel(Call call) {
    return RegularExpressions.perBatch(
        () -> {
          JsonFunctions.Paths paths = new JsonFunctions.Paths(call.function());
          return (evaluation, rows, values) -> {
            RowArguments arguments = new RowArguments(evaluation, values);
            return RowByRow.compute(
                evaluation,
                rows,
                TYPE,
                values,
                row -> {
                  arguments.moveTo(row);
                  String path = arguments.text(1);
                  List<JsonFunctions.Step> steps = paths.of(path);
                  try (JsonParser parser = JSON.createParser(arguments.text(0))) {
                    return JsonFunctions.isValid(arguments.text(0))
                            && JsonFunctions.follow(parser, steps)
                        ? entries(parser, path.startsWith("$") ? path : "$." + path)
                        : null;
                  } catch (IOException e) {
                    return null;
                  }
                });
          };
        });
  }

  private static List<List<@Nullable String>> entries(JsonParser parser, String path)
      throws IOException {
    List<List<@Nullable String>> entries = new ArrayList<>();
    JsonToken first = parser.currentToken();
    if (first == JsonToken.START_OBJECT) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        entries.add(entry(parser, name, path + "." + step(name), path));
      }
    } else if (first == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        entries.add(entry(parser, Integer.toString(i), path + "[" + i + "]", path));
      }
    } else {
      entries.add(entry(parser, null, path, path));
    }
    return entries;
  }

  /** A name as a path has it. */
  private static String step(String name) {
    if (!name.isEmpty() && name.chars().allMatch(c -> c == '_' || Character.isLetterOrDigit(c))) {
      return name;
    }
    StringBuilder quoted = new StringBuilder();
    JsonValueFormat.append(Type.VARCHAR, name, quoted);
    return quoted.toString();
  }

  private static List<@Nullable String> entry(
      JsonParser parser, @Nullable String key, String place, String path) throws IOException {
    JsonToken token = parser.currentToken();
    String type = JsonFunctions.typeOf(token);
    boolean isAtom = !token.isStructStart();
    String json = JsonFunctions.extract(parser);
    return Arrays.asList(key, json, type, isAtom ? json : null, place, path);
  }
}
