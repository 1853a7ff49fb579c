package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileSystem;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** A file system that says when a table's metadata is about to be put in its place, and was. */
final class CommitWatch {
  private CommitWatch() {}

  /** The moments of a commit. */
  enum Moment {
    BEFORE,
    AFTER
  }

  static FileSystem watching(FileSystem files, Consumer<Moment> told) {
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (proxy, method, arguments) -> {
              Object result = call(method, files, arguments);
              return result instanceof FileOutput output ? watching(output, told) : result;
            });
  }

  private static Object watching(FileOutput output, Consumer<Moment> told) {
    return Proxy.newProxyInstance(
        FileOutput.class.getClassLoader(),
        new Class<?>[] {FileOutput.class},
        (proxy, method, arguments) -> {
          boolean commits = method.getName().equals("commitNew");
          if (commits) {
            told.accept(Moment.BEFORE);
          }
          Object result = call(method, output, arguments);
          if (commits) {
            told.accept(Moment.AFTER);
          }
          return result;
        });
  }

  private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
