package batchnorm.spark.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Captures the messages of a logger while it is open. */
public final class LogCapture extends AbstractAppender implements AutoCloseable {
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final Logger logger;

  private LogCapture(String name) {
    super("capture of " + name, null, null, true, Property.EMPTY_ARRAY);
    logger = (Logger) LogManager.getLogger(name);
  }

  /** Starts to capture what is logged under {@code name}. */
  public static LogCapture of(String name) {
    LogCapture capture = new LogCapture(name);
    capture.start();
    capture.logger.addAppender(capture);
    return capture;
  }

  /** Returns the messages so far, a line each: the level and the text. */
  public List<String> messages() {
    return List.copyOf(messages);
  }

  @Override
  public void append(LogEvent event) {
    messages.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    stop();
  }
}
