package dev.tidemill.exec.expression;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tidemill.foundation.format.JsonValueFormat;
import dev.tidemill.foundation.type.Type;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON Merge Patch, RFC 7396: members of the patch replace those of an object, objects are merged,
 * NULLs take members away; whatever is no object replaces all. Members that the patch does not name
 * come first.
 */
final class JsonMergePatch {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String NULL = "null";

  private JsonMergePatch() {}

  /** The patched text; null where either is no JSON. */
  static @Nullable String merged(String target, String patch) {
    if (!JsonFunctions.isValid(target) || !JsonFunctions.isValid(patch)) {
      return null;
    }
    try {
      StringBuilder text = new StringBuilder();
      append(merged(read(target), read(patch)), text);
      return text.toString();
    } catch (IOException e) {
      return null;
    }
  }

  /** A Map of members, or the text of anything else. */
  private static Object read(String json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      return read(parser);
    }
  }

  private static Object read(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      String text = JsonFunctions.extract(parser);
      return text == null ? NULL : text;
    }
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, read(parser));
    }
    return members;
  }

  private static Object merged(Object target, Object patch) {
    if (!(patch instanceof Map<?, ?> changes)) {
      return patch;
    }
    Map<Object, Object> result = new LinkedHashMap<>();
    Map<?, ?> members = target instanceof Map<?, ?> object ? object : Map.of();
    members.forEach(
        (name, value) -> {
          if (!changes.containsKey(name)) {
            result.put(name, value);
          }
        });
    changes.forEach(
        (name, value) -> {
          if (!value.equals(NULL)) {
            Object before = members.get(name);
            result.put(name, merged(before == null ? NULL : before, value));
          }
        });
    return result;
  }

  private static void append(Object value, StringBuilder text) {
    if (!(value instanceof Map<?, ?> members)) {
      text.append(value);
      return;
    }
    text.append('{');
    members.forEach(
        (name, member) -> {
          text.append(text.charAt(text.length() - 1) == '{' ? "" : ",");
          JsonValueFormat.append(Type.VARCHAR, name, text);
          text.append(':');
          append(member, text);
        });
    text.append('}');
  }
}
