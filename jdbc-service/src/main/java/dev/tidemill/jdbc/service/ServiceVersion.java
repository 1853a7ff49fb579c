package dev.tidemill.jdbc.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of the database, which the build writes beside the classes. */
final class ServiceVersion {
  static final String TEXT = read();

  private ServiceVersion() {}

  private static String read() {
    try (InputStream stream = ServiceVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      if (stream != null) {
        properties.load(stream);
      }
      return properties.getProperty("version", "0.0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
