package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.DatabaseAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of this driver, taken apart.
 *
 * @param settings what stands behind the {@code ?}
 */
record TidemillUrl(String text, DatabaseAddress address, Map<String, String> settings) {
  static final String PREFIX = "jdbc:tidemill:";
  private static final int DEFAULT_PORT = 31337;
  private static final Pattern SERVER =
      Pattern.compile("//(\\[[^\\]]+]|[^:/\\[\\]]+)(?::([0-9]{1,5}))?/?");

  /** Null where the URL is of another driver. */
  static @Nullable TidemillUrl parse(@Nullable String url) throws SQLException {
    if (url == null || !url.startsWith(PREFIX)) {
      return null;
    }
    String rest = url.substring(PREFIX.length());
    Map<String, String> settings = new LinkedHashMap<>();
    int question = rest.indexOf('?');
    if (question >= 0) {
      for (String part : rest.substring(question + 1).split("&")) {
        int equals = part.indexOf('=');
        if (equals < 1) {
          throw DriverErrors.badUrl(url);
        }
        settings.put(
            decoded(part.substring(0, equals), url), decoded(part.substring(equals + 1), url));
      }
      rest = rest.substring(0, question);
    }
    return new TidemillUrl(url, address(rest, url), settings);
  }

  private static DatabaseAddress address(String place, String url) throws SQLException {
    if (place.isEmpty()) {
      return new DatabaseAddress.Memory();
    }
    if (!place.startsWith("//")) {
      return new DatabaseAddress.Directory(place);
    }
    Matcher server = SERVER.matcher(place);
    if (!server.matches()) {
      throw DriverErrors.badUrl(url);
    }
    int port = server.group(2) == null ? DEFAULT_PORT : Integer.parseInt(server.group(2));
    if (port > 65535) {
      throw DriverErrors.badUrl(url);
    }
    return new DatabaseAddress.Server(server.group(1), port);
  }

  private static String decoded(String text, String url) throws SQLException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw DriverErrors.badUrl(url);
    }
  }
}
