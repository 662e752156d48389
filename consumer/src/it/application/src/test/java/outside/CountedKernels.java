package outside;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.KernelsProvider;

/** The portable kernels, each call counted; META-INF/services/org.ldae.compute.KernelsProvider names this class. */
public final class CountedKernels implements KernelsProvider {

    static final AtomicLong CALLS = new AtomicLong();

    @Override
    public String name() {
        return "counted";
    }

    @Override
    public int priority() {
        return -1; // only where -Dldae.kernels=counted asks for them
    }

    @Override
    public Optional<String> unavailable() {
        return Backend.provider("portable").unavailable();
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public Kernels kernels() {
        Kernels portable = Backend.provider("portable").kernels();
        return (Kernels) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, operands) -> {
                    CALLS.incrementAndGet();
                    try {
                        return method.invoke(portable, operands);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
