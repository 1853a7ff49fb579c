package dev.tidemill.plan.function.user;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The class loaders of jars. Like the classes they load they are the process's: one for each list
 * of jars, so that a function's code is loaded, and compiled to machine code, once; a jar that has
 * changed gets a new one.
 */
final class FunctionLoaders {
  private static final int MOST = 64;

  private static final Map<List<Jar>, ClassLoader> LOADERS =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Jar>, ClassLoader> eldest) {
          return size() > MOST;
        }
      };

  private FunctionLoaders() {}

  /** A file as it was when it was opened. */
  private record Jar(Path path, long bytes, long modifiedMillis) {}

  /**
   * The loader of a function's classes.
   *
   * @throws dev.tidemill.foundation.error.TidemillException FUNCTION_NOT_LOADED if a jar is missing
   */
  static ClassLoader of(String function, String className, List<String> jars) {
    ClassLoader own = UserFunction.class.getClassLoader();
    if (jars.isEmpty()) {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      return context == null ? own : context;
    }
    List<Jar> files = new ArrayList<>();
    List<URL> urls = new ArrayList<>();
    for (String jar : jars) {
      Path path = Path.of(jar);
      try {
        if (!Files.isRegularFile(path)) {
          throw FunctionErrors.missingJar(function, className, jar);
        }
        files.add(new Jar(path, Files.size(path), Files.getLastModifiedTime(path).toMillis()));
        urls.add(path.toUri().toURL());
      } catch (IOException unreadable) {
        throw FunctionErrors.missingJar(function, className, jar);
      }
    }
    synchronized (LOADERS) {
      return LOADERS.computeIfAbsent(
          files, f -> new URLClassLoader("function " + function, urls.toArray(URL[]::new), own));
    }
  }
}
