package dev.tidemill.connectors.jdbc;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the driver for a URL. */
final class Drivers {
  private Drivers() {}

  /**
   * The driver in {@code jars} (paths, apart by commas) or, without them, on the class path; null
   * if none takes the URL.
   */
  static @Nullable Driver find(String url, @Nullable String jars, Path workingDirectory) {
    if (jars == null) {
      return DriverManager.drivers()
          .filter(driver -> accepts(driver, url))
          .findFirst()
          .orElse(null);
    }
    List<URL> files = new ArrayList<>();
    for (String path : jars.split(",", -1)) {
      files.add(jar(path.strip(), workingDirectory));
    }
    // Never closed: its classes are needed as long as tables and their connections are.
    URLClassLoader loader =
        new URLClassLoader(files.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    for (Driver driver : ServiceLoader.load(Driver.class, loader)) {
      if (driver.getClass().getClassLoader() == loader && accepts(driver, url)) {
        return driver;
      }
    }
    return null;
  }

  private static URL jar(String path, Path workingDirectory) {
    Path file = workingDirectory.resolve(path);
    if (!Files.isRegularFile(file)) {
      throw JdbcErrors.driverJar(path, "is no file");
    }
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw JdbcErrors.driverJar(path, "is no path of one");
    }
  }

  private static boolean accepts(Driver driver, String url) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException e) {
      return false;
    }
  }
}
