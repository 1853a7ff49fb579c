package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import java.util.ArrayList;
import java.util.List;

/** Hands the change of each step, when it is committed, to somebody who watches. */
public final class ConsumerDelivery implements Delivery {
  private final ChangeConsumer consumer;
  private final List<Batch> written = new ArrayList<>();
  private long last = -1;
  private long writing = -1;

  /** Somebody who watches. */
  public interface ChangeConsumer {
    /**
     * Whether it takes more now. While it does not, its query takes no step; its neighbours do, and
     * what they take it catches up with later.
     */
    boolean isReady();

    /** Takes over the batches (deltas, consolidated). Must not wait: all queries would. */
    void accept(long step, List<Batch> change);

    /** Nothing comes any more. */
    void ended();
  }

  public ConsumerDelivery(ChangeConsumer consumer) {
    this.consumer = consumer;
  }

  @Override
  public long lastStep() {
    return last;
  }

  @Override
  public boolean isReady() {
    return consumer.isReady();
  }

  @Override
  public long write(long step, List<Batch> change) {
    writing = step;
    long rows = 0;
    for (Batch batch : change) {
      written.add(batch.retain());
      rows += batch.rowCount();
    }
    return rows;
  }

  @Override
  public void commit() {
    List<Batch> handed = List.copyOf(written);
    written.clear();
    last = writing;
    consumer.accept(last, handed);
  }

  @Override
  public void rollback() {
    written.forEach(Batch::close);
    written.clear();
  }

  @Override
  public void end() {
    consumer.ended();
  }

  @Override
  public void close() {
    rollback();
  }
}
